/** English texts: what a person is answered who wrote to a channel or tapped a button. */
export const answers = {
  paired: (channel: string): string => `Paired: alerts of channel "${channel}" come here from now on.`,
  alreadyPaired: 'This chat is paired already.',
  notAllowed: (userId: string): string =>
    `You are not among the people who may answer here. Your id is ${userId}: add it to "allow" of the channel.`,
  buttonUnknown: 'This button is not known (any more).',
  buttonOld: 'Buttons live for 15 minutes. They were renewed: tap once more.',
  incidentOver: 'This incident is over.',
  muted: 'Muted for one hour.',
  acknowledged: 'You have it.',
  acknowledgedBefore: (name: string): string => `${name} has it already.`,
};
