using System.IO.Hashing;
using System.IO.Pipes;
using System.Security.Principal;
using System.Text;

namespace Culvert.Engine.Control;

/// <summary>Names of Windows' named pipes, and the client's side of one.</summary>
internal static class PipeControl
{
    /// <summary>The directory in which Windows lists its pipes.</summary>
    public const string Folder = @"\\.\pipe\";

    /// <summary>The prefix of all of Culvert's pipes.</summary>
    public const string Prefix = "culvert-";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The pipe's name for a place: the name itself, or one made of a file's full path.</summary>
    public static string Name(string place) => place.StartsWith(Folder, StringComparison.Ordinal)
        ? place[Folder.Length..]
        : Prefix + Convert.ToHexStringLower(XxHash64.Hash(Encoding.UTF8.GetBytes(Path.GetFullPath(place))));

    /// <summary>The pipes of all running pipelines; none where the system does not list its pipes (Wine).</summary>
    public static IReadOnlyList<string> Existing()
    {
        try
        {
            return [.. Directory.EnumerateFiles(Folder, Prefix + "*")];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Connects as a client.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public static async Task<Stream> ConnectAsync(string place, CancellationToken cancel)
    {
        var pipe = new NamedPipeClientStream(
            ".", Name(place), PipeDirection.InOut, PipeOptions.Asynchronous, TokenImpersonationLevel.Identification);
        try
        {
            await pipe.ConnectAsync(Patience, cancel);
            return pipe;
        }
        catch (Exception error) when (error is TimeoutException or UnauthorizedAccessException)
        {
            await pipe.DisposeAsync();
            throw new IOException(error is TimeoutException ? "nobody listens there" : error.Message, error);
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }
}
