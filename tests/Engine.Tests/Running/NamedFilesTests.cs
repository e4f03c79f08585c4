using Culvert.Engine.Running;
using Culvert.Options;

namespace Engine.Tests.Running;

/// <summary>Every kind of option that names a file, and every kind of change of the file.</summary>
public sealed class NamedFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("culvert-named-");

    public static TheoryData<string> Kinds => ["path", "secret", "list", "nested", "author's own"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_changed_file_is_noticed_for_any_option_that_names_it(string kind)
    {
        var options = Naming(kind, Write("first content"));
        var before = NamedFiles.Of(options);

        Write("other content");

        Assert.False(NamedFiles.Of(options).SameAs(before));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_same_content_in_a_new_file_is_no_change(string kind)
    {
        var options = Naming(kind, Write("content"));
        var before = NamedFiles.Of(options);

        File.Delete(Place.Full);
        Write("content");
        File.SetLastWriteTimeUtc(Place.Full, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.True(NamedFiles.Of(options).SameAs(before));
    }

    [Fact]
    public void A_change_is_noticed_when_length_and_time_stay_the_same()
    {
        var time = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var options = Naming("secret", Write("first"));
        File.SetLastWriteTimeUtc(Place.Full, time);
        var before = NamedFiles.Of(options);

        Write("other");
        File.SetLastWriteTimeUtc(Place.Full, time);

        Assert.False(NamedFiles.Of(options).SameAs(before));
    }

    [Fact]
    public void A_file_that_appears_or_disappears_is_a_change()
    {
        var options = Naming("path", Place);
        var missing = NamedFiles.Of(options);
        Assert.True(NamedFiles.Of(options).SameAs(missing));

        Write("");

        Assert.False(NamedFiles.Of(options).SameAs(missing));
    }

    [Fact]
    public void A_large_file_is_compared_by_length_and_time()
    {
        var options = Naming("path", Write(new string('a', 2 << 20)));
        var before = NamedFiles.Of(options);
        Assert.True(NamedFiles.Of(options).SameAs(before));

        Write(new string('a', (2 << 20) + 1));

        Assert.False(NamedFiles.Of(options).SameAs(before));
    }

    private FilePath Place => new("key", Path.Combine(_folder.FullName, "key"));

    private static NamingOptions Naming(string kind, FilePath file) => kind switch
    {
        "path" => new() { Path = file },
        "secret" => new() { Secret = new SecretFile(file) },
        "list" => new() { List = [file] },
        "nested" => new() { Nested = new() { Secret = new SecretFile(file) } },
        _ => new() { Own = new AuthorsOwn(file) },
    };

    private FilePath Write(string content)
    {
        File.WriteAllText(Place.Full, content);
        return Place;
    }

    /// <summary>An option type of a plugin that wraps a file.</summary>
    private sealed record AuthorsOwn(FilePath File) : INamesFiles
    {
        IEnumerable<FilePath> INamesFiles.Files => [File];
    }

    private sealed record NamingOptions
    {
        [Option("A file.")]
        public FilePath? Path { get; init; }

        [Option("A secret.")]
        public SecretFile? Secret { get; init; }

        [Option("Files.")]
        public IReadOnlyList<FilePath> List { get; init; } = [];

        [Option("A mapping.")]
        public NamingOptions? Nested { get; init; }

        [Option("An option type of a plugin.")]
        public AuthorsOwn? Own { get; init; }
    }
}
