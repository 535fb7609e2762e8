package ar.mcrn.sysmonstm.api.api;

import static org.assertj.core.api.Assertions.assertThat;

import ar.mcrn.sysmonstm.api.core.Rounding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecimalsTest {
    private static String text(double value) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            new Decimals().write(value, json);
        }
        return text.toString();
    }

    @Test
    void writesTheShortestDecimals() throws IOException {
        assertThat(text(Double.NaN)).isEqualTo("null");
        assertThat(text(0)).isEqualTo("0");
        assertThat(text(-0.0)).isEqualTo("0");
        assertThat(text(12)).isEqualTo("12");
        assertThat(text(0.1234)).isEqualTo("0.1234");
        assertThat(text(-0.000001)).isEqualTo("-0.000001");
        assertThat(text(1.5)).isEqualTo("1.5");
        assertThat(text(-999_999_999.25)).isEqualTo("-999999999.25");
        assertThat(text(4_000_000_000_000.0)).isEqualTo("4000000000000");
    }

    @Test
    void whatIsNoMillionthIsWrittenInFull() throws IOException {
        for (double value : new double[] {1e-7, 0.1 + 0.2, Math.PI, 1e300, -1e-300, 9_000_000_000.5, 1e15}) {
            assertThat(Double.parseDouble(text(value))).isEqualTo(value);
        }
    }

    @Test
    void everyShownValueIsReadBackAsItWas() throws IOException {
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
