/**
 * The only service that tells people: takes what aggregators say of alerts, keeps episodes, notifies. Nothing is evaluated
 * here.
 */
package ar.mcrn.sysmonstm.alerts.service;
