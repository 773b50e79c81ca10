// How the demo's fraud cases went, oldest first: one in every state that a case can have, with orders, appeals, losses and missed
// duties. What each is about is in case-subject.ts.

import { type CaseBook, CaseHistory } from './case-history';
import { caseSubject, DEMO_CASES, MOVED_AT, RING_LINES } from './case-subject';
import { BEELINE, DEMO_OPERATORS, KCELL, TELE2 } from './demo-operator';
import { type CaseLine, victimLine } from './story-number';

/** All cases as they went, in the order of their numbers. */
export function caseHistories(book: CaseBook): readonly CaseHistory[] {
  const histories = Array.from({ length: DEMO_CASES }, (_, place) => new CaseHistory(book, caseSubject(place + 1)));
  for (const [place, play] of SCRIPTS.entries()) {
    const history = histories[place];
    if (history !== undefined) play(history, histories);
  }
  return histories;
}

/** Plays one case; the others are there for what one case does to another. */
type Script = (history: CaseHistory, cases: readonly CaseHistory[]) => void;

/** The case that another one turned out to repeat. */
const DUPLICATED_CASE = 18;

const CALLED_AS_BANK = 'Звонили от имени службы безопасности банка, просили код из SMS.';
const FOUND_BY_TRAFFIC = 'Сотни исходящих вызовов разным абонентам за сутки.';
const PROVEN = 'Признаки мошенничества подтверждены материалами дела.';
const NOT_PROVEN = 'Признаки мошенничества не подтвердились.';

// Cases 1 to 31. Hours are Almaty time; events after midnight of the next day have another `at`.
const SCRIPTS: readonly Script[] = [
  (c) =>
    investigated(c, 95, 'investigator-1')
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(95)
      .approve('supervisor-1')
      .after(4)
      .enforce(11)
      .after(2_900)
      .close(),
  (c) =>
    investigated(c, 90, 'investigator-2')
      .propose('CONFIRMED', 'investigator-2', PROVEN)
      .after(60)
      .approve('supervisor-1')
      .after(3)
      .enforce(16)
      .at(86, 10)
      .fileAppeal('LEGITIMATE_BUSINESS', 'Обзваниваем своих клиентов о доставке.')
      .after(40)
      .reviewAppeal()
      .at(85, 12)
      .decideAppeal(true, 'Деятельность подтверждена договорами.')
      .after(1_500)
      .close(),
  (c) =>
    investigated(c, 84, 'investigator-1', 48)
      .propose('REFUTED', 'investigator-1', NOT_PROVEN)
      .after(80)
      .approve('supervisor-2')
      .after(1_400)
      .close(),
  (c) =>
    investigated(c, 77, 'investigator-2')
      .propose('INCONCLUSIVE', 'investigator-2', 'Данных недостаточно.')
      .after(300)
      .approve('supervisor-1')
      .after(1_400)
      .close(),
  // The operator executed nine hours late; the money left in between.
  (c) =>
    investigated(c, 70, 'investigator-1')
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(45)
      .approve('supervisor-1')
      .after(5)
      .enforce(545)
      .loss('bank-2', '1200000.00', 240)
      .after(4_000)
      .close(),
  (c) => c.at(61, 10).report('CITIZEN_PORTAL', 'portal-1', 0, 'Навязчивая реклама.').after(75).dismiss(),
  (c) =>
    investigated(c, 55, 'investigator-2', 0, RING_LINES)
      .propose('CONFIRMED', 'investigator-2', PROVEN)
      .after(70)
      .approve('supervisor-2')
      .after(3)
      .enforce(9)
      .after(1)
      .enforce(6, RING_LINES[0])
      .after(1)
      .enforce(21, RING_LINES[1])
      .after(2_880)
      .close(),
  (c) =>
    c
      .at(48, 9.5)
      .report('SUBSCRIBER_COMPLAINT', `operator-${operatorOf(c)}`, 20, 'Предлагали оформить кредит.')
      .after(50)
      .triage('OPERATOR_CHECK')
      .at(47, 16)
      .checkResult(false, 'Абонент — отделение микрофинансовой организации.')
      .after(120)
      .approve('supervisor-1')
      .after(1_440)
      .close(),
  (c) =>
    investigated(c, 41, 'investigator-1')
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(90)
      .approve('supervisor-1')
      .after(4)
      .enforce(13)
      .at(34, 11)
      .fileAppeal('WRONG_PERSON', 'SIM-картой пользовался другой человек.')
      .after(30)
      .reviewAppeal()
      .at(33, 15)
      .decideAppeal(false, 'Номер оформлен и использовался заявителем.'),
  (c) => {
    investigated(c, 36, 'investigator-2', 72)
      .expire()
      .after(30)
      .propose('INCONCLUSIVE', 'investigator-2', 'Пострадавший отозвал заявление.')
      .after(200);
    c.approve('supervisor-2').after(1_440).close();
  },
  // Ordered at the operator that served the number in the morning; it was ported at noon.
  (c) =>
    investigated(c, 30, 'investigator-1')
      .at(28, 11)
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(60)
      .approve('supervisor-1')
      .at(28, 15)
      .reissue(MOVED_AT.to)
      .after(2)
      .enforce(8),
  (c) =>
    c
      .at(27, 9)
      .report('OPERATOR_DETECTION', `operator-${operatorOf(c)}`, 25, 'Массовая рассылка SMS.')
      .after(35)
      .triage('OPERATOR_CHECK')
      .at(22, 17)
      .checkResult(true, 'Рассылка со ссылками на поддельный сайт.')
      .after(130)
      .approve('supervisor-2')
      .after(2)
      .enforce(12),
  (c) =>
    c
      .at(BLOCKED_DAY, 9.6)
      .report('BANK_SIGNAL', 'bank-1', 18, CALLED_AS_BANK)
      .after(40)
      .report('CITIZEN_PORTAL', 'portal-1', 5, 'Представились сотрудником Национального Банка.')
      .after(20)
      .triage('AFC_INVESTIGATION')
      .after(15)
      .assign('investigator-2')
      .after(10)
      .temporaryBlock(72)
      .after(1)
      .enforce(6)
      .after(60)
      .addEvidence('BANK_TRANSACTION', 'investigator-2', 'Выписка по операции')
      .after(25)
      .addEvidence('INDICATOR_SNAPSHOT', 'investigator-2', 'Снимок показателей линии')
      .loss('bank-1', '845000.00', 300)
      .at(BLOCKED_DAY - 1, 11)
      .propose('CONFIRMED', 'investigator-2', PROVEN)
      .after(140)
      .approve('supervisor-1')
      .after(2)
      .enforce(7),
  (c) =>
    investigated(c, 20, 'investigator-2')
      .propose('CONFIRMED', 'investigator-2', PROVEN)
      .after(50)
      .approve('supervisor-2')
      .after(3)
      .fallShort('PARTIALLY_ENFORCED'),
  (c) =>
    investigated(c, 16, 'investigator-1')
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(66)
      .approve('supervisor-1')
      .after(3)
      .enforce(14)
      .at(5, 10)
      .requestLift(),
  (c) =>
    investigated(c, 14, 'investigator-2')
      .propose('CONFIRMED', 'investigator-2', PROVEN)
      .after(70)
      .approve('supervisor-2')
      .after(4)
      .enforce(10)
      .at(2, 16)
      .fileAppeal('STOLEN_PHONE', 'Телефон украли за неделю до звонков.')
      .after(45)
      .reviewAppeal(),
  (c) =>
    investigated(c, 12, 'investigator-1')
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(55)
      .approve('supervisor-2')
      .after(6)
      .fallShort('FAILED'),
  (c) =>
    investigated(c, 10, 'investigator-1')
      .after(30)
      .ask(KCELL, ['Кто приобрёл SIM-карту?'])
      .after(1)
      .ask(TELE2, ['Были ли у абонента другие номера?'])
      .after(180)
      .answer(KCELL, 'SIM-карта оформлена на владельца договора.')
      .after(30)
      .answer(TELE2, 'Других номеров нет.')
      .at(1, 18)
      .ask(BEELINE, ['В каких аппаратах стояла SIM-карта за 30 дней?', 'Сколько жалоб поступило?']),
  (c) => c.at(9, 11).report('CITIZEN_PORTAL', 'portal-1', 10, 'Ошиблись номером.').after(90).dismiss(),
  (c, cases) =>
    c
      .at(8, 14)
      .report('CITIZEN_PORTAL', 'portal-1', 30, 'SMS со ссылкой на поддельный сайт банка.')
      .after(50)
      .triage('AFC_INVESTIGATION')
      .after(200)
      .duplicateOf(cases[DUPLICATED_CASE - 1]),
  (c) => {
    investigated(c, 7, 'investigator-2').at(2, 14).temporaryBlock(72).after(2).enforce(9);
    c.at(1, 16).propose('CONFIRMED', 'investigator-2', PROVEN);
  },
  (c) =>
    investigated(c, 6, 'investigator-1')
      .at(3, 10)
      .propose('CONFIRMED', 'investigator-1', PROVEN)
      .after(180)
      .reject()
      .after(60)
      .addEvidence('DOCUMENT', 'investigator-1', 'Лицензия брокера')
      .at(1, 15)
      .propose('REFUTED', 'investigator-1', NOT_PROVEN),
  (c) => investigated(c, 5, 'investigator-2').after(60).ask(BEELINE, ['Кем пройдена идентификация?']).overdue(),
  (c) => {
    investigated(c, 4, 'investigator-2').at(1, 13).temporaryBlock(72).after(1).enforce(8);
  },
  (c) => investigated(c, 3, 'investigator-1').at(1, 17).ask(TELE2, ['Когда менялась SIM-карта?']),
  (c) =>
    c
      .at(2, 9.4)
      .report('BANK_SIGNAL', 'bank-2', 22, CALLED_AS_BANK)
      .after(35)
      .triage('AFC_INVESTIGATION')
      .after(20)
      .assign('investigator-1')
      .after(45)
      .report(
        'SUBSCRIBER_COMPLAINT',
        `operator-${operatorOf(c)}`,
        90,
        'Просили установить приложение удалённого доступа.',
      )
      .after(30)
      .addSubject(victimLine(70), 'VICTIM', 'investigator-1')
      .after(25)
      .addEvidence('AUDIO', 'investigator-1', 'Запись разговора от потерпевшего')
      .after(30)
      .addEvidence('USAGE_AGGREGATE', 'investigator-1', 'Суточные показатели линии')
      .loss('bank-2', '390000.00', 260),
  (c) =>
    c
      .at(1, 11)
      .report('SUBSCRIBER_COMPLAINT', `operator-${operatorOf(c)}`, 30, 'Просят деньги от имени знакомого.')
      .after(60)
      .triage('OPERATOR_CHECK'),
  (c) =>
    c
      .at(1, 13)
      .report('CITIZEN_PORTAL', 'portal-1', 200, 'Товар оплачен и не отправлен.')
      .after(85)
      .triage('AFC_INVESTIGATION'),
  (c) =>
    c
      .at(1, 15.5)
      .report('BANK_SIGNAL', 'bank-1', 110, 'Перевод на инвестиционную площадку.')
      .after(40)
      .triage('AFC_INVESTIGATION'),
  (c) => c.at(1, 21.5).report('SUBSCRIBER_COMPLAINT', `operator-${operatorOf(c)}`, 15, CALLED_AS_BANK),
  (c) => c.at(1, 23.2).report('OPERATOR_DETECTION', `operator-${operatorOf(c)}`, 9, 'Тысяча SMS за час.'),
];

/** The bank was told on that day before today. */
const BLOCKED_DAY = 24;

/** Reported by an operator or a bank, taken in and investigated up to two pieces of evidence, with a temporary block if wished. */
function investigated(
  history: CaseHistory,
  days: number,
  investigator: string,
  blockedHours = 0,
  ring: readonly CaseLine[] = [],
): CaseHistory {
  const isMass = history.about.victim === null;
  if (isMass)
    history.at(days, 10.2).report('OPERATOR_DETECTION', `operator-${operatorOf(history)}`, 22, FOUND_BY_TRAFFIC);
  else history.at(days, 9.8).report('BANK_SIGNAL', days % 2 === 0 ? 'bank-1' : 'bank-2', 31, CALLED_AS_BANK);
  history.after(70).triage('AFC_INVESTIGATION').after(25).assign(investigator);
  for (const line of ring) history.after(3).addSubject(line, 'SUSPECT', investigator);
  if (blockedHours > 0) history.after(12).temporaryBlock(blockedHours).after(2).enforce(9);
  history.after(130).addEvidence('INDICATOR_SNAPSHOT', investigator, 'Снимок показателей линии');
  return history
    .after(90)
    .addEvidence(isMass ? 'USAGE_AGGREGATE' : 'BANK_TRANSACTION', investigator, 'Материалы к делу')
    .after(35);
}

function operatorOf(history: CaseHistory): string {
  return DEMO_OPERATORS[history.about.suspect.operator].code;
}
