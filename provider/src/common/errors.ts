/** A failure that a user is meant to read: its message says all, so its stack says no more. */
export class LoginProfileError extends Error {
  override readonly name = "LoginProfileError";

  constructor(message: string) {
    super(message);
    // The engine's dynamic-provider process prints the stack of what check, diff, read and delete throw.
    this.stack = message;
  }
}
