import { answerStatus, type Handler, STATEMENT_TYPE } from '../answer.ts';

const DONE = 'Statement executed successfully.';

/** BEGIN [WORK | TRANSACTION] [NAME n], START TRANSACTION. */
export const begin: Handler = async (session, statement) => {
  const { reader } = statement;
  if (reader.accept('START')) reader.expect('TRANSACTION');
  else {
    reader.expect('BEGIN');
    reader.acceptOne('WORK', 'TRANSACTION');
  }
  if (reader.accept('NAME')) reader.identifier();
  reader.expectEnd();
  session.transaction.begin();
  return answerStatus(session, statement, STATEMENT_TYPE.transaction, DONE);
};

export const commit: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('COMMIT');
  reader.accept('WORK');
  reader.expectEnd();
  await session.transaction.commit();
  return answerStatus(session, statement, STATEMENT_TYPE.transaction, DONE);
};

export const rollback: Handler = async (session, statement) => {
  const { reader } = statement;
  reader.expect('ROLLBACK');
  reader.accept('WORK');
  reader.expectEnd();
  await session.transaction.rollback();
  return answerStatus(session, statement, STATEMENT_TYPE.transaction, DONE);
};
