using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using Culvert.Engine.Guarding;
using Culvert.Options;

namespace Culvert.Engine.Running;

/// <summary>
/// The files that a stage's options name (<see cref="INamesFiles"/>), as they were at one moment. Small files are compared by a hash of
/// their content, so that no clock and no copying tool can hide a change; others by length and time. Immutable.
/// </summary>
internal sealed class NamedFiles
{
    // Not a cryptographic hash: whoever writes the file may change it anyway, and a cryptographic one loads OpenSSL into every end.
    // What holds keys or lists of addresses is smaller; a larger one would only delay the reload.
    private const long MaxHashedLength = 1 << 20;

    private readonly SortedDictionary<string, string> _states = new(StringComparer.Ordinal);

    private NamedFiles()
    {
    }

    /// <summary>Looks at the files that options name now.</summary>
    /// <exception cref="PluginException">The plugin's own code failed.</exception>
    public static NamedFiles Of(object? options)
    {
        var files = new NamedFiles();
        files.Collect(options);
        return files;
    }

    /// <summary>The full paths.</summary>
    public IEnumerable<string> Paths => _states.Keys;

    /// <summary>Whether the same files are named and none has changed.</summary>
    public bool SameAs(NamedFiles other) => _states.SequenceEqual(other._states);

    private void Collect(object? value)
    {
        if (value is INamesFiles named)
        {
            foreach (var file in OptionCalls.Files(named))
            {
                _states[file.Full] = StateOf(file.Full);
            }
        }

        if (value is not string and IEnumerable list)
        {
            foreach (var item in OptionCalls.Items(list))
            {
                Collect(item);
            }
        }
        else if (value is not null)
        {
            foreach (var option in OptionsComparison.OptionsOf(value.GetType()))
            {
                Collect(OptionCalls.Get(option, value));
            }
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A file that cannot be read has a state, too: the stage reports it.")]
    private static string StateOf(string path)
    {
        try
        {
            var file = new FileInfo(path);
            // A pipe or a device has no length, and reading it could wait for ever.
            return file.Exists && file.Length is > 0 and <= MaxHashedLength
                ? Convert.ToHexString(XxHash128.Hash(File.ReadAllBytes(path)))
                : $"{(file.Exists ? file.Length : -1)} bytes, {file.LastWriteTimeUtc.Ticks}";
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }
}
