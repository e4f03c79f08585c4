using Culvert.Options;
using Culvert.Testing;
using Culvert.Tests.Support;

namespace Framework.Tests.Options;

/// <summary>A secret's file: what is reported, and that its content never is.</summary>
public sealed class SecretFileTests : IDisposable
{
    private const string Secret = "c2VjcmV0";

    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-secret-").FullName;
    private readonly OptionsRecorder _report = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_file_of_its_owner_alone_is_fine()
    {
        Assert.True(Write(Secret).Check(_report, "key"));
        Assert.Empty(_report.Findings);
    }

    [Fact]
    public void The_content_comes_as_it_is()
    {
        Assert.True(Write(Secret + "\n").TryReadContent(out var content, out _));
        Assert.Equal(Secret + "\n", System.Text.Encoding.ASCII.GetString(content));
    }

    [Fact]
    public void A_file_that_others_may_read_warns()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows keeps no mode bits");
            return;
        }

        var file = Write(Secret);
        System.IO.File.SetUnixFileMode(file.Path.Full, UnixFileMode.UserRead | UnixFileMode.OtherRead);

        Assert.True(file.Check(_report, "key"));
        Assert.StartsWith("warning: 'stage': key: every user of this machine may read", Assert.Single(_report.Findings).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_error() => Refused(File("nowhere"), "'nowhere' does not exist");

    [Fact]
    public void A_folder_is_an_error() => Refused(File("."), "it is a directory");

    [Fact]
    public void A_large_file_is_an_error() => Refused(Write(new string('A', 4097)), "more than 4096 bytes");

    [Fact]
    public void A_file_that_the_system_does_not_let_read_is_an_error()
    {
        // Root may read any file by its mode; what no one can read from its start is the memory of a process.
        Requires.Linux();
        Refused(new SecretFile(new FilePath("mem", "/proc/self/mem")), "'mem' cannot be read");
    }

    private void Refused(SecretFile file, string reason)
    {
        Assert.False(file.Check(_report, "key"));
        var line = Assert.Single(_report.Findings).ToString();
        Assert.StartsWith("error: 'stage': key: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, line, StringComparison.Ordinal);
    }

    private SecretFile Write(string content)
    {
        var file = File("site.key");
        System.IO.File.WriteAllText(file.Path.Full, content);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(file.Path.Full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return file;
    }

    private SecretFile File(string name) => new(new FilePath(name, Path.Combine(_folder, name)));
}
