using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Engine.Control;

/// <summary>Sends requests to a running pipeline over its control socket.</summary>
internal static class ControlClient
{
    private const int LongestAnswer = 65_536;

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

    /// <summary>Sends a request whose answer is one object and then bytes until the pipeline closes the connection.</summary>
    /// <returns>The object, and the stream of the bytes, which the caller disposes.</returns>
    /// <inheritdoc cref="AskAsync"/>
    public static async Task<(JsonObject Answer, Stream Data)> OpenAsync(
        IReadOnlyList<string> places, JsonObject request, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var stream = await ConnectAsync(places, cancel);
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), cancel);
            var line = new List<byte>();
            var next = new byte[1];
            // No byte of the data may be taken with it.
            while (line.Count < LongestAnswer && await stream.ReadAsync(next, cancel) == 1 && next[0] != '\n')
            {
                line.Add(next[0]);
            }

            return (Parse(Encoding.UTF8.GetString([.. line])), stream);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
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
