import { testService } from './cells.mts';

testService('maia');
