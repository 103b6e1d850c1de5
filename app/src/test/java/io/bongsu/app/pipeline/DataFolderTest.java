package io.bongsu.app.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bongsu.app.Fault;
import io.bongsu.app.pipeline.DataFolder.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path directory;

    @Test
    void oneProcessAtATime() throws IOException {
        try (DataFolder first = DataFolder.open(directory)) {
            first.tell(new State(4711, "k:1", "http://e:2"));

            assertThatThrownBy(() -> DataFolder.open(directory))
                    .isInstanceOf(Fault.class)
                    .hasMessage("another bongsu (process 4711) works on " + directory);
        }
        DataFolder.open(directory).close();
    }

    @Test
    void othersLearnWhereTheServersAreWhileItRuns() throws IOException {
        State state = new State(4711, "127.0.0.1:9092", "http://127.0.0.1:9200");

        try (DataFolder folder = DataFolder.open(directory)) {
            folder.tell(state);
            assertThat(DataFolder.running(directory)).contains(state);
        }
        assertThat(DataFolder.running(directory)).isEmpty();
    }

    @Test
    void whatAKilledProcessLeftBehindIsNotTaken() throws IOException {
        Files.writeString(directory.resolve("bongsu.lock"), "");
        Files.writeString(directory.resolve("bongsu.state"), "pid=1\nkafka=k\\:1\nelasticsearch=e\n");

        assertThat(DataFolder.running(directory)).isEmpty();
    }

    @Test
    void aFolderThatCannotBeIsSaid() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> DataFolder.open(file.resolve("data")))
                .isInstanceOf(Fault.class)
                .hasMessageContaining("cannot be used");
    }
}
