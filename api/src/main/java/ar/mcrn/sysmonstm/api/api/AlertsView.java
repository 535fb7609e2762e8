package ar.mcrn.sysmonstm.api.api;

import java.util.List;

/**
 * Alerts, newest start first.
 *
 * @param alerts those asked for
 */
public record AlertsView(List<AlertView> alerts) {}
