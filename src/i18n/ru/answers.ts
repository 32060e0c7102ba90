import type { answers as en } from '../en/answers.ts';

/** Russian texts: what a person is answered who wrote to a channel or tapped a button. */
export const answers: typeof en = {
  paired: (channel) => `Готово: оповещения канала «${channel}» теперь приходят сюда.`,
  alreadyPaired: 'Этот чат уже подключён.',
  notAllowed: (userId) =>
    `Вас нет среди тех, кто может здесь отвечать. Ваш id ${userId}: добавьте его в allow этого канала.`,
  buttonUnknown: 'Эта кнопка больше не действует.',
  buttonOld: 'Кнопки живут 15 минут. Они обновлены: нажмите ещё раз.',
  incidentOver: 'Этот инцидент уже закрыт.',
  muted: 'Заглушено на один час.',
  acknowledged: 'Принято, инцидент за вами.',
  acknowledgedBefore: (name) => `Уже принято: ${name}.`,
};
