package ar.mcrn.sysmonstm.ops.runtime.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscribeMessageTest {

    @Test
    void theTypeAloneAsksForTheFleet() {
        SubscribeMessage message = SubscribeMessage.parse("{\"type\":\"subscribe\"}");
        assertThat(message.view()).isEqualTo(SubscribeMessage.View.FLEET);
        assertThat(message.watches("any")).isTrue();
        assertThat(message.fields()).containsExactlyInAnyOrderElementsOf(SubscribeMessage.FLEET_FIELDS);
        assertThat(message.intervalMillis()).isEqualTo(1_000);
    }

    @Test
    void equalWishesAreEqual() {
        String text = "{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[%s],\"fields\":[%s]}";
        assertThat(SubscribeMessage.parse(text.formatted("\"a\",\"b\"", "\"x\",\"y\"")))
                .isEqualTo(SubscribeMessage.parse(text.formatted("\"b\",\"a\"", "\"y\",\"x\",\"y\"")));
    }

    @ParameterizedTest
    @CsvSource({"1,250", "250,250", "1500,1500", "9000000000,60000", "null,1000"})
    void intervalsStayWithinTheirRange(String asked, long millis) {
        assertThat(SubscribeMessage.parse("{\"type\":\"subscribe\",\"intervalMillis\":" + asked + "}")
                        .intervalMillis())
                .isEqualTo(millis);
    }

    @Test
    void fieldsAreKeysAndGlobsOverThem() {
        SubscribeMessage some = SubscribeMessage.parse(
                "{\"type\":\"subscribe\",\"fields\":[\"system.uptime\",\"system.disk.io{device=sd?}\"]}");
        assertThat(some.shows("system.uptime")).isTrue();
        assertThat(some.shows("system.disk.io{device=sda}")).isTrue();
        assertThat(some.shows("system.disk.io{device=nvme0}")).isFalse();
        SubscribeMessage all =
                SubscribeMessage.parse("{\"type\":\"subscribe\",\"view\":\"machine\",\"machines\":[\"a\"]}");
        assertThat(all.shows("anything")).isTrue();
        assertThat(all.watches("b")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"type\" | not JSON",
                "{\"type\":\"dance\"} | type must be subscribe: dance",
                "[] | type must be subscribe",
                "{\"type\":\"subscribe\",\"view\":\"all\"} | view must be fleet or machine: all",
                "{\"type\":\"subscribe\",\"view\":\"machine\"} | view machine needs machines",
                "{\"type\":\"subscribe\",\"machines\":\"a\"} | machines must be a list of at most 1000",
                "{\"type\":\"subscribe\",\"fields\":[1]} | fields must hold texts of at most 512 characters",
                "{\"type\":\"subscribe\",\"intervalMillis\":\"1s\"} | intervalMillis must be a number: 1s"
            })
    void whatIsWrongIsSaid(String message, String said) {
        assertThatThrownBy(() -> SubscribeMessage.parse(message))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(said);
    }
}
