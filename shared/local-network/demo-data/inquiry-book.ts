// The questions that one case put to operators, with the clock of each operator's answer. While one is open, the case waits.

import type { CaseFact } from '../../vocabulary/seed-fact';
import type { ClockBook } from './clock-book';
import { instantText } from './demo-calendar';

type Inquiry = { -readonly [Member in keyof InquiryFact]: InquiryFact[Member] };
type InquiryFact = CaseFact['informationRequests'][number];

/** Questions in the order in which they were sent. */
export class InquiryBook {
  readonly inquiries: Inquiry[] = [];

  constructor(private readonly clocks: ClockBook) {}

  /** Sends questions to an operator; the case's own clock stands still until all are answered. */
  send(id: string, operatorCode: string, questions: readonly string[], nowMs: number): void {
    const dueAt = instantText(this.clocks.start('OP-07', operatorCode, nowMs));
    const issuedAt = instantText(nowMs);
    this.inquiries.push({
      id,
      operatorCode,
      questions,
      answer: null,
      issuedAt,
      dueAt,
      answeredAt: null,
      state: 'SENT',
    });
    this.clocks.pause('AFC-02', nowMs);
  }

  /** An operator answers what it was asked first. */
  answer(operatorCode: string, answer: string, nowMs: number): void {
    const inquiry = this.open().find((sent) => sent.operatorCode === operatorCode);
    if (inquiry === undefined) return;
    Object.assign(inquiry, { answer, answeredAt: instantText(nowMs), state: 'ANSWERED' });
    this.clocks.stop('OP-07', nowMs, null, operatorCode);
    if (this.open().length === 0) this.clocks.resume('AFC-02', nowMs);
  }

  /** The time of every open question runs out, unless that is later than `asOfMs`. Tells when it had, null if it has not. */
  expire(asOfMs: number): number | null {
    const endMs = Math.max(...this.open().map((sent) => Date.parse(sent.dueAt)));
    if (endMs > asOfMs) return null;
    for (const inquiry of this.open()) inquiry.state = 'OVERDUE';
    this.clocks.resume('AFC-02', endMs);
    return endMs;
  }

  /** The questions without an answer whose time is not over. */
  open(): Inquiry[] {
    return this.inquiries.filter((inquiry) => inquiry.state === 'SENT');
  }
}
