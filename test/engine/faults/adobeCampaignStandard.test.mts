import { testService } from './cells.mts';

testService('adobe-campaign-standard');
