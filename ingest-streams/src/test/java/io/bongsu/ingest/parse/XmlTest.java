package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class XmlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<",
                "<a",
                "<a>",
                "<a b>",
                "<a b=>",
                "<a b=\"1>",
                "<a/",
                "<a></b>",
                "<a><![CDATA[x</a>",
                "text",
                "<a><b></a></b>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>"
            })
    void brokenTextIsNothing(String text) {
        assertThat(Xml.read(text)).isNull();
    }

    @Test
    void unknownEntitiesStayAsTheyAre() {
        assertThat(Xml.flat("<a>&x; &#0; &#xD800; &#65; &lt</a>")).isEqualTo(Map.of("a", "&x; &#0; &#xD800; A &lt"));
    }

    @Test
    void depthAndNumberOfElementsHaveABound() {
        assertThat(Xml.read("<a>".repeat(17) + "</a>".repeat(17))).isNull();
        assertThat(Xml.read("<a>" + "<b/>".repeat(2_000) + "</a>")).isNull();
        assertThat(Xml.read("<a>" + "<b/>".repeat(1_999) + "</a>")).isNotNull();
    }

    @Test
    void hostileTextCostsNoMoreThanItsLength() {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20), () -> assertThat(Xml.flat("<a>" + "&".repeat(2_000_000) + "</a>"))
                        .hasSize(1));
    }
}
