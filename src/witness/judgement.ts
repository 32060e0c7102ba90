import type { Reason } from '../monitor/reason.ts';

/** A service as the witness sees it from its own place. */
export interface ServiceSeen {
  readonly name: string;
  /** `GET api.example.com/health` or `TCP db.example.com:5432` */
  readonly label: string;
  readonly answers: boolean;
  readonly reason?: Reason;
}

/** Whether the witness can see at all, and whether the brain's services answer. */
export interface Judgement {
  /** `blind`: its own network does not answer, so that the brain's silence says nothing. */
  readonly sight: 'clear' | 'blind';
  readonly controls: { readonly ok: number; readonly total: number };
  readonly services: readonly ServiceSeen[];
}
