/** An observer that keeps what it is told until somebody takes it. */
export class Inbox<T> {
  #controller!: ReadableStreamDefaultController<T>;
  readonly #items = new ReadableStream<T>({
    start: (controller) => {
      this.#controller = controller;
    },
  }).getReader();

  readonly next = (item: T): void => this.#controller.enqueue(item);
  readonly error = (error: unknown): void => this.#controller.error(error);
  readonly complete = (): void => this.#controller.close();

  /** The next item; waits for it, and fails with what the observer is told of. */
  async take(): Promise<T> {
    const { done, value } = await this.#items.read();
    if (done) throw new Error('there is nothing more');
    return value;
  }
}
