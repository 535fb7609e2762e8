package ar.mcrn.sysmonstm.alerts.service;

import java.time.Duration;

/** What came of one attempt to tell people. Details are for people and hold no secret. */
sealed interface Delivery {
    /** For logs and rows. */
    String detail();

    /** Told. */
    record Sent(String detail) implements Delivery {}

    /**
     * Not told; worth another attempt.
     *
     * @param notBefore pause that the receiver asked for; zero for none
     */
    record Failed(String detail, Duration notBefore) implements Delivery {}

    /** Not told, and another attempt would go the same way. */
    record Refused(String detail) implements Delivery {}
}
