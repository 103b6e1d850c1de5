package io.bongsu.app.command;

import io.bongsu.ingest.offline.RuleTests;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Results of rule tests in the form that CI servers read: one suite, a case for each test and variant. */
final class JUnitXml {
    private JUnitXml() {}

    static void write(Path file, List<RuleTests.Result> results) throws IOException {
        try (Writer out = Files.newBufferedWriter(file)) {
            XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "bongsu rules test");
            xml.writeAttribute("tests", Integer.toString(results.size()));
            xml.writeAttribute(
                    "failures",
                    Long.toString(results.stream().filter(r -> !r.ok()).count()));
            for (RuleTests.Result result : results) {
                xml.writeStartElement("testcase");
                xml.writeAttribute("classname", text(result.test().ruleId()));
                xml.writeAttribute(
                        "name",
                        text(result.test().name()) + " ("
                                + result.variant().name().toLowerCase(Locale.ROOT) + ")");
                xml.writeAttribute("file", text(result.test().file()));
                xml.writeAttribute("line", Integer.toString(result.test().line()));
                if (!result.ok()) {
                    xml.writeStartElement("failure");
                    xml.writeAttribute("message", text("expected " + result.expected() + ", got " + result.came()));
                    xml.writeEndElement();
                }
                xml.writeEndElement();
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException("JUnit XML cannot be written: " + e.getMessage(), e);
        }
    }

    /** Without the characters that XML cannot hold. */
    private static String text(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints()
                .map(c -> c >= ' ' && c != 0xFFFE && c != 0xFFFF && (c < 0xD800 || c > 0xDFFF) || c == '\t' ? c : '?')
                .forEach(out::appendCodePoint);
        return out.toString();
    }
}
