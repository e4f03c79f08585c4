using System.Runtime.Versioning;
using Culvert.Endpoints.Clients;
using Culvert.Endpoints.Files;

namespace Culvert.Engine.Control;

/// <summary>The client's side of a control socket, which believes only users who may speak for the pipeline.</summary>
[UnsupportedOSPlatform("windows")]
internal static class UnixControl
{
    /// <summary>Connects as a client.</summary>
    /// <exception cref="IOException">Nobody listens there, or a user does who may not speak for the pipeline.</exception>
    public static async Task<Stream> ConnectAsync(string path, CancellationToken cancel)
    {
        var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var facts = Directory.Exists(directory) ? FileFacts.Read(Directory.ResolveLinkTarget(directory, returnFinalTarget: true)?.FullName ?? directory) : null;
        if (facts is null)
        {
            throw new IOException("there is no such socket");
        }

        if (facts is { IsOpenToOthers: true, IsSticky: false })
        {
            throw new IOException($"other users may write the directory '{directory}' and put their own socket there; run chmod go-w {directory}");
        }

        var (stream, user) = await UnixSocketFile.ConnectAsync(path, cancel);
        // Root asks the pipelines of other users too, where only they can have put the socket.
        if (CurrentUser.Trusts(user) || (CurrentUser.IsRoot && user == facts.Owner))
        {
            return stream;
        }

        await stream.DisposeAsync();
        throw new IOException($"it belongs to user {user}, who is neither root nor the user of this command");
    }
}
