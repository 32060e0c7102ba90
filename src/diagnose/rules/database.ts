import { defineRule } from '../rule.ts';
import { bySignatures, words, type Signature } from '../signature.ts';

const SIGNATURES: readonly Signature[] = [
  {
    cause: 'database-auth',
    sure: 0.96,
    match: words(
      /password authentication failed for user "(?<user>[^"]{1,80})"|\b28P01\b|\b28000\b|no pg_hba\.conf entry for host|pg_hba\.conf rejects connection|role "(?<role>[^"]{1,80})" does not exist|SCRAM-SERVER-FINAL-MESSAGE|SASL authentication failed/,
    ),
  },
  {
    cause: 'database-auth',
    sure: 0.96,
    match: words(
      /ER_ACCESS_DENIED_\w*ERROR|Access denied for user '(?<user>[^']{0,80})'|ER_NOT_SUPPORTED_AUTH_MODE|ER_MUST_CHANGE_PASSWORD|Client does not support authentication protocol requested by server|SequelizeAccessDeniedError|auth_gssapi_client|caching_sha2_password/,
    ),
  },
  {
    cause: 'database-auth',
    sure: 0.95,
    match: words(
      /MongoServerError(?: \[[^\]]{1,40}\])?: (?:bad auth|Authentication failed)|bad auth : Authentication failed|MongoError: (?:Authentication failed|bad auth)|(?:not authorized on \w+ to execute|requires authentication)|AuthenticationFailed|SCRAM-SHA-\d+ authentication failed/,
    ),
  },
  {
    cause: 'database-auth',
    sure: 0.95,
    match: words(
      /\bNOAUTH\b|\bWRONGPASS\b|ERR invalid password|ERR AUTH|NOPERM|Client sent AUTH, but no password is set/,
    ),
  },
  {
    cause: 'database-auth',
    sure: 0.94,
    match: words(
      /\bP1000\b|\bP1010\b|Authentication failed against (?:the )?database server|User (?:`(?<user>[^`]{1,80})` )?was denied access on the database/,
    ),
  },
  {
    cause: 'database-auth',
    sure: 0.9,
    match: words(
      /ACCESS_REFUSED - Login was refused|ACCESS-REFUSED|Handshake terminated by server: 403|Login failed for user '(?<user>[^']{1,80})'|ORA-01017|KafkaJSSASLAuthenticationError|SASL \S{1,20} authentication failed|security_exception|Authorization Violation|missing authentication credentials/,
    ),
  },
  {
    cause: 'database-schema-missing',
    sure: 0.95,
    match: words(/no such table: (?<table>[\w."]{1,120})|no such column: (?<column>[\w."]{1,120})/),
  },
  {
    cause: 'database-schema-missing',
    sure: 0.95,
    match: words(
      /relation "(?<table>[^"]{1,120})" does not exist|column (?:"(?<column>[^"]{1,120})"|(?<other>[\w.]{1,120})) (?:of relation "[^"]{1,120}" )?does not exist|\b(?:42P01|42703|3F000|3D000)\b|schema "(?<schema>[^"]{1,120})" does not exist|type "(?<type>[^"]{1,120})" does not exist/,
    ),
  },
  {
    cause: 'database-schema-missing',
    sure: 0.94,
    match: words(
      /ER_NO_SUCH_TABLE|Table '(?<table>[^']{1,120})' doesn't exist|ER_BAD_FIELD_ERROR|Unknown column '(?<column>[^']{1,120})'|ER_BAD_DB_ERROR|Unknown database '(?<database>[^']{1,120})'/,
    ),
  },
  {
    cause: 'database-schema-missing',
    sure: 0.93,
    match: words(
      /database "(?<database>[^"]{1,120})" does not exist|\bP1003\b|\bP2021\b|\bP2022\b|The (?:table|column) `(?<table>[^`]{1,120})` does not exist in the current database|Database `(?<name>[^`]{1,120})` does not exist|pending migrations?|migrations? (?:have not|has not|not) (?:been )?(?:run|applied)|Invalid object name '(?<object>[^']{1,120})'|ORA-00942/i,
    ),
  },
];

/** The database answers and refuses: the credentials, or the tables that are not there. */
export const database = defineRule({
  name: 'database',
  causes: ['database-auth', 'database-schema-missing'],
  judge: (reading) => bySignatures(reading, SIGNATURES),
});
