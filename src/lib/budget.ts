// A bound on what is in use at once, shared by any number of tasks: bytes in memory, requests under way.

/** First come, first served; a task larger than the whole budget runs alone. */
export class Budget {
  private readonly limit: number;
  private used = 0;
  private readonly waiting: { amount: number; start: () => void }[] = [];

  constructor(limit: number) {
    this.limit = limit;
  }

  async hold<T>(amount: number, work: () => Promise<T>): Promise<T> {
    if (this.waiting.length > 0 || !this.fits(amount)) {
      await new Promise<void>((start) => this.waiting.push({ amount, start }));
    } else {
      this.used += amount;
    }
    try {
      return await work();
    } finally {
      this.used -= amount;
      this.startWaiting();
    }
  }

  private fits(amount: number): boolean {
    return this.used === 0 || this.used + amount <= this.limit;
  }

  private startWaiting(): void {
    for (let next = this.waiting[0]; next !== undefined && this.fits(next.amount); next = this.waiting[0]) {
      this.waiting.shift();
      this.used += next.amount;
      next.start();
    }
  }
}
