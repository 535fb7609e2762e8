package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;

class TimescaleTiersTest extends TiersContract {
    @Override
    PostgresFixture server() {
        return PostgresFixture.startTimescale();
    }

    @Override
    String mode() {
        return "timescale";
    }
}
