package ar.mcrn.sysmonstm.alerts.service;

import ar.mcrn.sysmonstm.v1.AlertEpisode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes notifications to the log: firing at WARN, resolved at INFO. Always on. */
final class LogNotifier implements Notifier {
    private static final Logger LOG = LoggerFactory.getLogger(LogNotifier.class);

    @Override
    public String channel() {
        return "log";
    }

    @Override
    public Delivery deliver(Notification notification) {
        AlertEpisode episode = notification.episode();
        String form = "alert {}: rule={}, machine={}, severity={}, series={}, value={}, reason={}, episode={}: {}";
        Object[] values = {
            notification.kind().text(),
            episode.getRule(),
            episode.getMachine(),
            episode.getSeverity(),
            episode.getSeries(),
            episode.getValue(),
            episode.getReason(),
            episode.getId(),
            episode.getMessage()
        };
        switch (notification.kind()) {
            case FIRING -> LOG.warn(form, values);
            case RESOLVED -> LOG.info(form, values);
        }
        return new Delivery.Sent("logged");
    }
}
