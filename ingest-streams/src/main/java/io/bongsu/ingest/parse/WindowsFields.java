package io.bongsu.ingest.parse;

import io.bongsu.rules.LogSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * ECS names for what the data of a Windows event says. The data itself stays; where an audit event says the same as one
 * of Sysmon in other words, the words that rules use are added to it.
 */
final class WindowsFields {
    private WindowsFields() {}

    /**
     * @param data under native names without blanks; gets what the Security log leaves for its readers to work out
     * @param fields takes the ECS fields
     */
    static void put(long id, Set<LogSource> sources, Map<String, Object> data, Map<String, Object> fields) {
        Set<String> categories = new LinkedHashSet<>();
        Set<String> services = new LinkedHashSet<>();
        sources.forEach(source -> {
            categories.add(Objects.requireNonNullElse(source.category(), ""));
            services.add(Objects.requireNonNullElse(source.service(), ""));
        });
        if (services.contains("security") && id == 4688) {
            audited(data, fields);
        } else if (services.contains("security") && id == 4657) {
            registryAudit(data);
        } else if (services.contains("sysmon")) {
            sysmon(categories, data, fields);
        }
        if (categories.contains("registry_event")) {
            put(fields, "registry.path", data.get("TargetObject"));
            Object details = data.get("Details");
            if (details instanceof String) {
                fields.put("registry.data.strings", List.of(details));
            }
        }
        put(fields, "powershell.file.script_block_text", data.get("ScriptBlockText"));
    }

    private static void sysmon(Set<String> categories, Map<String, Object> data, Map<String, Object> fields) {
        path(fields, "process.executable", "process.name", data.get("Image"));
        put(fields, "process.pid", WindowsEvent.number(data.get("ProcessId")));
        put(fields, "process.entity_id", data.get("ProcessGuid"));
        put(fields, "process.command_line", data.get("CommandLine"));
        put(fields, "process.working_directory", data.get("CurrentDirectory"));
        path(fields, "process.parent.executable", "process.parent.name", data.get("ParentImage"));
        put(fields, "process.parent.command_line", data.get("ParentCommandLine"));
        put(fields, "process.parent.pid", WindowsEvent.number(data.get("ParentProcessId")));
        put(fields, "process.parent.entity_id", data.get("ParentProcessGuid"));
        user(fields, data.get("User"));
        String owner = categories.contains("process_creation")
                ? "process"
                : categories.contains("image_load") ? "dll" : "file";
        if (owner.equals("dll")) {
            path(fields, "dll.path", "dll.name", data.get("ImageLoaded"));
        } else if (owner.equals("file")) {
            Object file = data.get("TargetFilename") == null ? data.get("ImageLoaded") : data.get("TargetFilename");
            path(fields, "file.path", "file.name", file);
        }
        hashes(fields, owner, data.get("Hashes") == null ? data.get("Hash") : data.get("Hashes"));
        if (!owner.equals("file")) {
            put(fields, owner + ".pe.original_file_name", said(data.get("OriginalFileName")));
            put(fields, owner + ".pe.company", said(data.get("Company")));
            put(fields, owner + ".pe.description", said(data.get("Description")));
            put(fields, owner + ".pe.product", said(data.get("Product")));
            put(fields, owner + ".pe.file_version", said(data.get("FileVersion")));
        }
        if (categories.contains("network_connection")) {
            address(fields, "source", data.get("SourceIp"), data.get("SourcePort"), data.get("SourceHostname"));
            address(
                    fields,
                    "destination",
                    data.get("DestinationIp"),
                    data.get("DestinationPort"),
                    data.get("DestinationHostname"));
            put(fields, "network.transport", lower(data.get("Protocol")));
            Object initiated = data.get("Initiated");
            if (initiated != null) {
                fields.put("network.direction", "true".equals(lower(initiated)) ? "egress" : "ingress");
            }
        }
        put(fields, "dns.question.name", data.get("QueryName"));
    }

    /** 4688 says what event 1 of Sysmon says. */
    private static void audited(Map<String, Object> data, Map<String, Object> fields) {
        path(fields, "process.executable", "process.name", data.get("NewProcessName"));
        put(fields, "process.pid", WindowsEvent.number(data.get("NewProcessId")));
        put(fields, "process.command_line", data.get("CommandLine"));
        path(fields, "process.parent.executable", "process.parent.name", data.get("ParentProcessName"));
        put(fields, "process.parent.pid", WindowsEvent.number(data.get("ProcessId")));
        put(fields, "user.id", said(data.get("SubjectUserSid")));
        Object name = said(data.get("SubjectUserName"));
        Object domain = said(data.get("SubjectDomainName"));
        if (name != null) {
            // The system itself appears under the name of its machine.
            boolean system = "S-1-5-18".equals(data.get("SubjectUserSid"));
            String full = system ? "NT AUTHORITY\\SYSTEM" : domain == null ? name.toString() : domain + "\\" + name;
            data.putIfAbsent("User", full);
            user(fields, full);
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
            path = path.replaceFirst("(?i)^HKLM\\\\SYSTEM\\\\ControlSet\\d+", "HKLM\\\\System\\\\CurrentControlSet");
            data.putIfAbsent("TargetObject", value == null ? path : path + "\\" + value);
        }
        if (data.get("NewValue") instanceof String value) {
            Long number = WindowsEvent.number(value);
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

    private static void hashes(Map<String, Object> fields, String owner, @Nullable Object list) {
        if (!(list instanceof String text)) {
            return;
        }
        for (String hash : text.split(",", 8)) {
            int equals = hash.indexOf('=');
            if (equals > 0) {
                String kind = hash.substring(0, equals).strip().toLowerCase(Locale.ROOT);
                String digits = hash.substring(equals + 1).strip().toLowerCase(Locale.ROOT);
                switch (kind) {
                    case "md5", "sha1", "sha256" -> fields.put(owner + ".hash." + kind, digits);
                    case "imphash" -> fields.put(owner + ".pe.imphash", digits);
                    default -> {} // stays in the data
                }
            }
        }
    }

    private static void address(
            Map<String, Object> fields,
            String side,
            @Nullable Object ip,
            @Nullable Object port,
            @Nullable Object domain) {
        String address = ip == null ? null : Ip.normal(ip.toString());
        put(fields, side + ".ip", address);
        put(fields, side + ".address", address);
        put(fields, side + ".port", WindowsEvent.number(port));
        put(fields, side + ".domain", said(domain));
    }

    private static void user(Map<String, Object> fields, @Nullable Object full) {
        if (said(full) instanceof String text) {
            int slash = text.indexOf('\\');
            put(fields, "user.domain", slash > 0 ? text.substring(0, slash) : null);
            fields.put("user.name", text.substring(slash + 1));
        }
    }

    private static void path(Map<String, Object> fields, String path, String name, @Nullable Object value) {
        if (said(value) instanceof String text) {
            fields.put(path, text);
            fields.put(name, text.substring(Math.max(text.lastIndexOf('\\'), text.lastIndexOf('/')) + 1));
        }
    }

    /** Null for the dash that stands for nothing. */
    private static @Nullable Object said(@Nullable Object value) {
        return value == null || value.equals("-") || value.equals("") ? null : value;
    }

    private static @Nullable String lower(@Nullable Object value) {
        return value == null ? null : value.toString().toLowerCase(Locale.ROOT);
    }

    private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
        if (value != null && !value.equals("")) {
            fields.put(name, value);
        }
    }
}
