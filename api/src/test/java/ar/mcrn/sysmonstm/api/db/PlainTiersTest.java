package ar.mcrn.sysmonstm.api.db;

import ar.mcrn.sysmonstm.ops.runtime.testing.PostgresFixture;

class PlainTiersTest extends TiersContract {
    @Override
    PostgresFixture server() {
        return PostgresFixture.start();
    }

    @Override
    String mode() {
        return "plain";
    }
}
