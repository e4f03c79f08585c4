using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Endpoints.Clients;
using Culvert.Engine.Diagnostics;

namespace Culvert.Engine.Control;

/// <summary>A client's request, and the way to answer it.</summary>
/// <param name="client">The client.</param>
/// <param name="content">The object that it wrote; null where it wrote something else.</param>
internal sealed class ControlRequest(Client client, JsonObject? content)
{
    /// <summary>Whether the client wrote a JSON object.</summary>
    public bool IsValid => content is not null;

    /// <summary>Cancelled when the client leaves or the server closes.</summary>
    public CancellationToken End => client.End;

    /// <summary>Returns the value of a key; the type's default where the object has no such key.</summary>
    /// <exception cref="JsonException">The value is of another type; the client is told.</exception>
    public T? Value<T>(string key)
    {
        try
        {
            return content?[key] is { } value ? value.GetValue<T>() : default;
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException)
        {
            throw new JsonException($"the value of '{key}' has the wrong type; see docs/reference/status.md", error);
        }
    }

    /// <summary>Writes one object to the client.</summary>
    /// <exception cref="OperationCanceledException">The client does not read it in time.</exception>
    public Task ReplyAsync(JsonObject answer) => ReplyAsync(answer.ToJsonString());

    /// <summary>Writes one object to the client, which is JSON on one line already.</summary>
    /// <exception cref="OperationCanceledException">The client does not read it in time.</exception>
    public Task ReplyAsync(string line) => client.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>Writes bytes to the client: the data of a stream that is not made of objects.</summary>
    /// <exception cref="OperationCanceledException">The client does not read them in time.</exception>
    public Task WriteAsync(ReadOnlyMemory<byte> data) => client.WriteAsync(data);

    /// <summary>Writes the reason why a request is refused. What could be a key is masked.</summary>
    public Task RefuseAsync(string reason) => ReplyAsync(new JsonObject { ["error"] = SecretMask.Apply(reason) });

    /// <summary>
    /// Begins an answer that takes long: it takes a place of its own, so that those for short requests stay free. When all are taken, the client is
    /// told, and the answer is complete.
    /// </summary>
    /// <returns>False when all are taken.</returns>
    public async Task<bool> TryBeginStreamAsync()
    {
        if (client.TryBecomeStream())
        {
            return true;
        }

        await RefuseAsync($"{ControlServer.Limits.Streams} clients are being served already that trace or capture packets, follow events or wait for a reload; end one of them, or try again later");
        return false;
    }
}
