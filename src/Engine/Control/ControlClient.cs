using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Engine.Control;

/// <summary>Sends requests to a running pipeline over its control socket.</summary>
internal static class ControlClient
{
    /// <summary>Sends a request and returns the answers as they come.</summary>
    /// <param name="places">The possible places of the socket; the first that answers is asked.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancel">Stops reading.</param>
    /// <exception cref="IOException">No pipeline answers there; the message names the places.</exception>
    public static async IAsyncEnumerable<JsonObject> AskAsync(
        IReadOnlyList<string> places, JsonObject request, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var stream = await ConnectAsync(places, cancel);
        // Each leaves the stream open for the other: a pipe that is closed already refuses the writer's last flush.
        await using var writer = new StreamWriter(stream, leaveOpen: true) { AutoFlush = true, NewLine = "\n" };
        using var reader = new StreamReader(stream, leaveOpen: true);
        await writer.WriteLineAsync(request.ToJsonString().AsMemory(), cancel);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            yield return Parse(line);
        }
    }

    private static JsonObject Parse(string line)
    {
        try
        {
            return JsonNode.Parse(line) as JsonObject ?? throw new IOException("the answer is not a JSON object");
        }
        catch (JsonException error)
        {
            throw new IOException($"the answer is not JSON: {error.Message}", error);
        }
    }

    private static async Task<Stream> ConnectAsync(IReadOnlyList<string> places, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(places);
        if (places.Count == 0)
        {
            throw new IOException("no running pipeline was found at the default places; start one with 'culvert run', or name its file");
        }

        var reasons = new List<string>();
        foreach (var place in places)
        {
            try
            {
                return await ControlTransport.ConnectAsync(place, cancel);
            }
            catch (IOException error)
            {
                reasons.Add($"{place} ({error.Message})");
            }
        }

        throw new IOException($"no running pipeline answers at {string.Join(", ", reasons)}; start one with 'culvert run', "
            + "or name the file that the running one was started with");
    }
}
