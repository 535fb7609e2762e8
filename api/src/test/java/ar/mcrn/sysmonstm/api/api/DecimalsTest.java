package ar.mcrn.sysmonstm.api.api;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.core.Rounding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    private static String text(double value) {
        char[] text = new char[Decimals.ROOM];
        return new String(text, 0, Decimals.put(value, text, 0));
    }

    private static String json(double... values) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.writeStartObject();
            json.writeFieldName("a");
            new NullableDoubles().serialize(values, json, null);
            json.writeNumberField("b", 1);
            json.writeEndObject();
        }
        return text.toString();
    }

    @Test
    void columnsAreArraysOfAnyLength() throws IOException {
        assertThat(json()).isEqualTo("{\"a\":[],\"b\":1}");
        assertThat(json(0.5, Double.NaN, -3)).isEqualTo("{\"a\":[0.5,null,-3],\"b\":1}");
        for (int length : new int[] {1, 340, 341, 342, 5_000}) {
            double[] values = new Random(length).doubles(length, -1e9, 1e9).toArray();
            double[] read = new ObjectMapper()
                    .convertValue(new ObjectMapper().readTree(json(values)).get("a"), double[].class);
            assertThat(read).as("length %d", length).containsExactly(values);
        }
    }

    @Test
    void writesTheShortestDecimals() {
        assertThat(text(Double.NaN)).isEqualTo("null");
        assertThat(text(0)).isEqualTo("0");
        assertThat(text(-0.0)).isEqualTo("0");
        assertThat(text(12)).isEqualTo("12");
        assertThat(text(0.1234)).isEqualTo("0.1234");
        assertThat(text(-0.000001)).isEqualTo("-0.000001");
        assertThat(text(1_000.000001)).isEqualTo("1000.000001");
        assertThat(text(70_080.01)).isEqualTo("70080.01");
        assertThat(text(1.5)).isEqualTo("1.5");
        assertThat(text(-999_999_999.25)).isEqualTo("-999999999.25");
        assertThat(text(4_000_000_000_000.0)).isEqualTo("4000000000000");
    }

    @Test
    void whatIsNoMillionthIsWrittenInFull() {
        for (double value : new double[] {1e-7, 0.1 + 0.2, Math.PI, 1e300, -1e-300, 9_000_000_000.5, 1e15}) {
            assertThat(Double.parseDouble(text(value))).isEqualTo(value);
        }
    }

    @Test
    void everyShownValueIsReadBackAsItWas() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 200_000; i++) {
            double value = Rounding.shown(random.nextGaussian() * Math.pow(10, random.nextInt(-8, 14)));
            String text = text(value);
            assertThat(Double.parseDouble(text)).as("seed %d", seed).isEqualTo(value == 0 ? 0.0 : value);
            if (Math.abs(value) < 1e9) {
                assertThat(text).as("seed %d", seed).matches("-?\\d{1,10}(\\.\\d{0,5}[1-9])?");
            }
        }
    }
}
