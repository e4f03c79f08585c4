using Culvert.Engine.Diagnostics;
using Culvert.Engine.Loading;
using Culvert.Tests.Support;

namespace Engine.Tests.Configuration;

/// <summary>Files that are not there, cannot be read, or are no text.</summary>
public sealed class FileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("culvert-file-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_missing_file_is_named_as_the_user_wrote_it() =>
        Assert.Equal(
            "nowhere/pipeline.yaml: error CV1001: the file does not exist; give the path of a file that exists, or run the command in the directory that contains it",
            Single(new PipelineLoader(ModelStages.All).Load("nowhere/pipeline.yaml")).ToString());

    [Fact]
    public void A_folder_is_no_file() =>
        Assert.Equal(
            $"{_folder}: error CV1002: the file cannot be read: it is a folder; give the path of a file that this user may read",
            Single(new PipelineLoader(ModelStages.All).Load(_folder)).ToString());

    [Fact]
    public void An_endless_file_is_abandoned()
    {
        Requires.Linux();
        Assert.Equal(DiagnosticCodes.FileUnreadable, Single(new PipelineLoader(ModelStages.All).Load("/dev/zero")).Code);
    }

    [Fact]
    public void A_path_with_a_NUL_character_is_refused()
    {
        var found = Single(new PipelineLoader(ModelStages.All).LoadText(Yaml.Good + "plugin-paths: [\"a\\0b\"]\n", "pipeline.yaml", "/site"));

        Assert.Equal(DiagnosticCodes.WrongType, found.Code);
        Assert.Equal("remove it", found.Remedy);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_located()
    {
        var found = Single(Load([.. "stages:\n  - stage: "u8, 0xFF, 0xFE]));

        Assert.Equal(DiagnosticCodes.NotYaml, found.Code);
        Assert.Equal(2, found.Position.Line);
    }

    [Fact]
    public void A_wg_quick_file_is_told_as_such() => Assert.Contains(
        "culvert import", Single(Load("# mine\n[Interface]\nAddress = 10.0.0.1/24\n"u8.ToArray())).Remedy, StringComparison.Ordinal);

    [Fact]
    public void An_IPv6_endpoint_without_quotes_is_told_as_such() => Assert.Contains(
        "in quotes: \"[2001:db8::7]:51820\"",
        Single(Load("stages:\n  - stage: x\n    endpoint: [2001:db8::7]:51820\n    other: 1\n"u8.ToArray())).Remedy, StringComparison.Ordinal);

    [Fact]
    public void A_byte_order_mark_and_Windows_line_ends_are_fine()
    {
        var loaded = Load([0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes(Yaml.Good.ReplaceLineEndings("\r\n"))]);

        Assert.True(loaded.IsValid, Yaml.Diagnostics(loaded));
    }

    [Fact]
    public void Positions_count_as_an_editor_does_with_Windows_line_ends_too()
    {
        var loaded = Load(System.Text.Encoding.UTF8.GetBytes("stages:\r\n  - stage: tun\r\n    devise: a\r\n"));

        Assert.Contains(loaded.Diagnostics, found => found.Code == DiagnosticCodes.UnknownKey && found.Position is { Line: 3, Column: 5 });
    }

    [Fact]
    public void Random_bytes_never_throw()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var text = Yaml.Good.ToCharArray();
            for (var change = random.Next(1, 6); change > 0; change--)
            {
                text[random.Next(text.Length)] = "\t\n:-[]{}&*!|>'\"%@`#, a\0\u00e9"[random.Next(23)];
            }

            var loaded = Yaml.Load(new string(text));
            Assert.Equal(loaded.IsValid, !loaded.Diagnostics.Any(found => found.IsError));
        }
    }

    [Fact]
    public void Every_truncation_is_valid_or_diagnosed()
    {
        for (var length = 0; length < Yaml.Good.Length; length++)
        {
            var loaded = Yaml.Load(Yaml.Good[..length]);
            Assert.Equal(loaded.IsValid, !loaded.Diagnostics.Any(found => found.IsError));
        }
    }

    private static Diagnostic Single(LoadedPipeline loaded)
    {
        Assert.False(loaded.IsValid);
        return Assert.Single(loaded.Diagnostics);
    }

    private LoadedPipeline Load(byte[] content)
    {
        var path = Path.Combine(_folder, "pipeline.yaml");
        File.WriteAllBytes(path, content);
        return new PipelineLoader(ModelStages.All).Load(path);
    }
}
