import { testService } from './cells.mts';

testService('campaign-factory');
