/** An error as an AWS JSON API answers it: a type, a message, a status. */
export class AwsFault extends Error {
  override readonly name = 'AwsFault';
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400) {
    super(message);
    this.type = type;
    this.status = status;
  }
}
