// A bound on the bytes that are held in memory at once, shared by any number of tasks.

/** First come, first served; a task larger than the whole budget runs alone. */
export class ByteBudget {
  private readonly limitBytes: number;
  private usedBytes = 0;
  private readonly waiting: { bytes: number; start: () => void }[] = [];

  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  async hold<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.fits(bytes)) {
      await new Promise<void>((start) => this.waiting.push({ bytes, start }));
    } else {
      this.usedBytes += bytes;
    }
    try {
      return await work();
    } finally {
      this.usedBytes -= bytes;
      this.startWaiting();
    }
  }

  private fits(bytes: number): boolean {
    return this.usedBytes === 0 || this.usedBytes + bytes <= this.limitBytes;
  }

  private startWaiting(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.bytes); next = this.waiting[0]) {
      this.waiting.shift();
      this.usedBytes += next.bytes;
      next.start();
    }
  }
}
