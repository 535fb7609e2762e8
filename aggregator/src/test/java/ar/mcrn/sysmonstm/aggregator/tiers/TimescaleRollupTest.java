package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;

class TimescaleRollupTest extends RollupContract {
    @Override
    PostgresFixture server() {
        return PostgresFixture.startTimescale();
    }

    @Override
    String mode() {
        return "timescale";
    }
}
