// How much the people of the demonstration may look up: so much that nobody who tries the network out meets a limit. The limits of a bank
// are the defaults of the fraud cases' own program, which hold where no file says otherwise.

/** The document that BUDGETS_FILE of the fraud cases names in a local network. */
export const DEMO_BUDGETS = {
  person: { hour: 10_000, day: 100_000, month: 1_000_000 },
  bankDay: 1_000_000,
  preliminaryDay: 100_000,
  linkedDay: 100_000,
  breakGlasses: 1_000,
} as const;
