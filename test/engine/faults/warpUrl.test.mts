import { testService } from './cells.mts';

testService('warpurl');
