import { storeContract } from '../contract.test-suite.ts';
import { openEmpty } from './opened.test-suite.ts';

storeContract('sqlite', openEmpty);
