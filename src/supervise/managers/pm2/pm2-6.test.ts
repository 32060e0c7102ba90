import { pm2Contract } from '../../../../test/contracts/pm2.ts';

pm2Contract(6);
