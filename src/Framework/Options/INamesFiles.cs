namespace Culvert.Options;

/// <summary>
/// A value of an option, or a record of options, that names files whose content the stage uses. At a reload the host constructs a stage
/// anew when one of these files has changed. <see cref="FilePath"/> and <see cref="SecretFile"/> implement it; so should an option type of a
/// plugin that wraps one of them.
/// </summary>
public interface INamesFiles
{
    /// <summary>The files; empty for none.</summary>
    IEnumerable<FilePath> Files { get; }
}
