package ar.mcrn.sysmonstm.aggregator.tiers;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;

class PlainRollupTest extends RollupContract {
    @Override
    PostgresFixture server() {
        return PostgresFixture.start();
    }

    @Override
    String mode() {
        return "plain";
    }
}
