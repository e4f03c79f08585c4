using System.Diagnostics.CodeAnalysis;

namespace Culvert.Options;

/// <summary>
/// A file that holds a secret. Only its path is ever printed. A stage's validation calls <see cref="Check"/>, so that a missing or
/// unreadable file is a diagnostic and one that everybody may read is a warning.
/// </summary>
/// <param name="Path">Where it lies.</param>
public sealed record SecretFile(FilePath Path) : IOptionValue<SecretFile>, INamesFiles
{
    // A key in base64 has 44 characters. What is much larger is the wrong file, and may be a device that never ends.
    private const int MaxSize = 4096;

    IEnumerable<FilePath> INamesFiles.Files => [Path];

    /// <inheritdoc/>
    public static string Expected => FilePath.Expected;

    /// <inheritdoc/>
    public static string JsonSchema => FilePath.JsonSchema;

    /// <inheritdoc/>
    public static bool TryRead(OptionNode node, [NotNullWhen(true)] out SecretFile? value, out string? error)
    {
        value = FilePath.TryRead(node, out var path, out error) ? new SecretFile(path) : null;
        return value is not null;
    }

    /// <summary>Reports what is wrong with the file, not with its content.</summary>
    /// <param name="report">Where to.</param>
    /// <param name="key">The option's key.</param>
    /// <param name="hint">How to make such a file, added to the remedy; null for nothing.</param>
    /// <returns>False when it cannot be read; then an error was reported.</returns>
    public bool Check(OptionsReport report, string key, string? hint = null)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (!TryReadContent(out var content, out var error))
        {
            report.Error(key, error, "name a file that exists and that this user may read" + (hint is null ? "" : "; " + hint));
            return false;
        }

        Array.Clear(content);
        if (FileRights.RemedyIfOpenToAll(Path) is { } remedy)
        {
            report.Warning(key, $"every user of this machine may read or write the secret in '{Path}'", remedy);
        }

        return true;
    }

    /// <summary>Reads the file's bytes. The caller wipes them after use.</summary>
    /// <param name="content">The bytes as they are, a line feed at the end included.</param>
    /// <param name="error">Why not, in a few words, without a byte of the content.</param>
    public bool TryReadContent([NotNullWhen(true)] out byte[]? content, [NotNullWhen(false)] out string? error)
    {
        content = null;
        error = null;
        var buffer = new byte[MaxSize + 1];
        try
        {
            using var stream = new FileStream(Path.Full, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length > MaxSize)
            {
                error = $"'{Path}' has more than {MaxSize} bytes; too large for a secret";
                return false;
            }

            content = buffer[..length];
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            error = $"'{Path}' does not exist";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"'{Path}' cannot be read: {(Directory.Exists(Path.Full) ? "it is a directory" : exception.Message)}";
        }
        finally
        {
            Array.Clear(buffer);
        }

        return false;
    }

    /// <summary>The path as written.</summary>
    public override string ToString() => Path.ToString();
}
