/**
 * Alert rules on live samples: the ring's alert handler, the thread that sends what it found, the judge of silent machines,
 * and the rule file that may change at any time. The rules themselves and their state machine are in alerts/rules; people are
 * told by alerts/service.
 */
package ar.mcrn.sysmonstm.aggregator.alerting;
