package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the Security log leaves for its readers to work out: where an audit event says the same as one of Sysmon in other
 * words, the words that rules use are added to its data. The names of Defender's data, which have several words, are theirs
 * whichever way they came.
 */
final class WindowsFields {
    private static final Pattern CONTROL_SET = Pattern.compile("(?i)^HKLM\\\\SYSTEM\\\\ControlSet\\d+");

    private WindowsFields() {}

    /** @param data under native names without blanks */
    static void complete(long id, Set<LogSource> sources, Map<String, Object> data) {
        boolean security = false;
        boolean defender = false;
        for (LogSource source : sources) {
            security |= "security".equals(source.service());
            defender |= "windefend".equals(source.service());
        }
        if (defender) {
            words(data);
        }
        if (security && id == 4688) {
            processAudit(data);
        } else if (security && id == 4657) {
            registryAudit(data);
        }
    }

    /** Names of several words, with what a shipper has put between them. */
    private static void words(Map<String, Object> data) {
        for (String name : List.copyOf(data.keySet())) {
            if (name.indexOf('_') > 0) {
                data.put(name.replace("_", ""), data.remove(name));
            }
        }
    }

    /** 4688 says what event 1 of Sysmon says; the system itself appears under the name of its machine. */
    private static void processAudit(Map<String, Object> data) {
        Object name = said(data.get("SubjectUserName"));
        Object domain = said(data.get("SubjectDomainName"));
        if (name != null) {
            boolean system = "S-1-5-18".equals(data.get("SubjectUserSid"));
            data.putIfAbsent(
                    "User", system ? "NT AUTHORITY\\SYSTEM" : domain == null ? name.toString() : domain + "\\" + name);
        }
    }

    /** 4657 says what events 12 and 13 of Sysmon say, with the names of the kernel. */
    private static void registryAudit(Map<String, Object> data) {
        if (data.get("ObjectName") instanceof String key) {
            String path = key;
            String lower = key.toLowerCase(Locale.ROOT);
            if (lower.startsWith("\\registry\\machine")) {
                path = "HKLM" + key.substring("\\registry\\machine".length());
            } else if (lower.startsWith("\\registry\\user")) {
                path = "HKU" + key.substring("\\registry\\user".length());
            }
            Object value = said(data.get("ObjectValueName"));
            path = CONTROL_SET.matcher(path).replaceFirst("HKLM\\\\System\\\\CurrentControlSet");
            data.putIfAbsent("TargetObject", value == null ? path : path + "\\" + value);
        }
        if (data.get("NewValue") instanceof String value) {
            Long number = WindowsParts.number(value);
            String details = value;
            if (number != null && "%%1876".equals(data.get("NewValueType"))) {
                details = String.format(Locale.ROOT, "DWORD (0x%08x)", number);
            } else if (number != null && "%%1883".equals(data.get("NewValueType"))) {
                details = String.format(Locale.ROOT, "QWORD (0x%08x-0x%08x)", number >>> 32, number & 0xffffffffL);
            }
            data.putIfAbsent("Details", details);
        }
        if (data.get("ProcessName") != null) {
            data.putIfAbsent("Image", data.get("ProcessName"));
        }
    }

    /** Null for the dash that stands for nothing. */
    private static @Nullable Object said(@Nullable Object value) {
        return value == null || value.equals("-") || value.equals("") ? null : value;
    }
}
