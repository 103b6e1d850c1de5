package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest(name = "{1} in {0} with hint {2}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            UTF-8         | 로그인 실패      | -       | 로그인 실패
            UTF-8         | 로그인 실패      | cp949   | 로그인 실패
            x-windows-949 | 로그인 실패      | -       | 로그인 실패
            x-windows-949 | 뷁 펲 똠방각하   | euc-kr  | 뷁 펲 똠방각하
            x-windows-949 | 체크             | cp949   | 체크
            x-windows-949 | 체크             | -       | 체크
            x-windows-949 | 체크             | utf-8   | üũ
            x-windows-949 | user 체크 ok     | -       | user 체크 ok
            UTF-8         | café Ünïcode     | cp949   | café Ünïcode
            UTF-8         | café Ünïcode     | -       | café Ünïcode
            UTF-8         | ошибка входа     | -       | ошибка входа
            UTF-8         | þœð              | -       | þœð
            UTF-8         | 登录失败         | -       | 登录失败
            windows-1252  | caf\u00e9 \u20ac5 | -      | caf\u00e9 \u20ac5
            windows-1252  | ÄRGER            | latin1  | ÄRGER
            windows-1252  | M\u00fcller na\u00efve | iso-8859-1 | M\u00fcller na\u00efve
            Shift_JIS     | ログイン失敗     | Shift_JIS | ログイン失敗
            """)
    void decidesForEachFrame(String charset, String sent, @Nullable String hint, String read) {
        assertThat(Text.decode(sent.getBytes(Charset.forName(charset)), hint)).isEqualTo(read);
    }

    @Test
    void onlyTheEndIsTrimmed() {
        assertThat(Text.decode("\0a\0b\t\r\n\0\0".getBytes(StandardCharsets.UTF_8), null))
                .isEqualTo("\0a\0b\t");
    }

    @Test
    void nothingIsEverReplaced() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] data = new byte[random.nextInt(1, 40)];
            random.nextBytes(data);
            String text = Text.decode(data, i % 2 == 0 ? "cp949" : null);
            assertThat(text).doesNotContain("\uFFFD");
        }
    }
}
