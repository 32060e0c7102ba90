// What is sent over SSH begins here (src/ssh/payload.ts makes one module of it): it has to run on Node 18, without any file beside it.
import { serve } from '../ssh/serve.ts';
import { ERRANDS } from './errands.ts';

await serve(ERRANDS);
