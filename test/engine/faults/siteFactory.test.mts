import { testService } from './cells.mts';

testService('site-factory');
