namespace Culvert.Host.WgQuick;

/// <summary>The destination of the keys that <c>culvert import</c> reads.</summary>
internal abstract class SecretPlace
{
    /// <summary>The line of pipeline.yaml that leads to a key.</summary>
    /// <param name="option"><c>private-key</c> or <c>preshared-key</c>.</param>
    /// <param name="fileName">What its file is called, if it has one.</param>
    /// <param name="key">The key's text.</param>
    public abstract string Place(string option, string fileName, string key);

    /// <summary>Into pipeline.yaml itself.</summary>
    public sealed class Inline : SecretPlace
    {
        /// <inheritdoc/>
        public override string Place(string option, string fileName, string key) => $"{option}: {YamlText.Scalar(key)}";
    }

    /// <summary>No destination: the line names a file that the user writes.</summary>
    public sealed class Nowhere : SecretPlace
    {
        private readonly List<string> _files = [];

        /// <summary>The files that must be written.</summary>
        public IReadOnlyList<string> Files => _files;

        /// <inheritdoc/>
        public override string Place(string option, string fileName, string key)
        {
            _files.Add(fileName);
            return $"{option}-file: {YamlText.Scalar(fileName)}";
        }
    }

    /// <summary>Into files of a folder that only their owner may read.</summary>
    public sealed class Folder(string path) : SecretPlace
    {
        /// <inheritdoc/>
        public override string Place(string option, string fileName, string key)
        {
            var file = System.IO.Path.Combine(path, fileName);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using var writer = new StreamWriter(file, options);
            writer.Write(key + "\n");
            return $"{option}-file: {YamlText.Scalar(file)}";
        }
    }
}
