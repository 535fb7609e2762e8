package ar.mcrn.sysmonstm.ops.standalone.doctor;

import java.util.List;

/** When the room that is left will be used up, from what each tier adds a day and for how long it still grows. */
final class DiskForecast {
    private DiskForecast() {}

    /** In days; infinite where everything fits once every tier is as old as its retention. */
    static double daysUntilFull(double roomBytes, List<HistoryFigures.Tier> tiers) {
        double room = roomBytes;
        double day = 0;
        if (room <= 0) {
            return 0;
        }
        while (true) {
            double at = day;
            double rate = 0;
            double next = Double.POSITIVE_INFINITY;
            for (HistoryFigures.Tier tier : tiers) {
                if (tier.growsForDays() > at) {
                    rate += tier.bytesPerDay().orElse(0.0);
                    next = Math.min(next, tier.growsForDays());
                }
            }
            if (rate == 0 && next == Double.POSITIVE_INFINITY) {
                return Double.POSITIVE_INFINITY;
            }
            if (rate * (next - at) >= room) {
                return at + room / rate;
            }
            room -= rate * (next - at);
            day = next;
        }
    }
}
