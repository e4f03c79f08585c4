namespace Culvert.Host.WgQuick;

/// <summary>The destination of the keys that <c>culvert import</c> reads.</summary>
internal abstract class SecretPlace
{
    /// <summary>The line of pipeline.yaml that leads to a key.</summary>
    /// <param name="option"><c>private-key</c> or <c>preshared-key</c>.</param>
    /// <param name="fileName">What its file is called, if it has one.</param>
    /// <param name="key">The key's text.</param>
    public abstract string Place(string option, string fileName, string key);

    /// <summary>Puts the keys there, once everything else is known to be right.</summary>
    public virtual void Commit()
    {
    }

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

    /// <summary>Into files of a folder that only their owner may read. Nothing is written before <see cref="Commit"/>.</summary>
    public sealed class Folder(string path) : SecretPlace
    {
        private readonly List<(string File, string Key)> _keys = [];

        /// <inheritdoc/>
        public override string Place(string option, string fileName, string key)
        {
            // Absolute: a relative path would count from wherever pipeline.yaml ends up.
            var file = Path.GetFullPath(Path.Combine(path, fileName));
            _keys.Add((file, key));
            return $"{option}-file: {YamlText.Scalar(file)}";
        }

        /// <summary>Writes the files. One that has the same key already stays.</summary>
        /// <exception cref="IOException">A file exists with another content, or cannot be written.</exception>
        public override void Commit()
        {
            var missing = _keys.Where(entry => !HasKey(entry.File, entry.Key)).ToArray();
            if (Array.Find(missing, entry => File.Exists(entry.File)).File is { } taken)
            {
                throw new IOException($"'{taken}' exists and has another content");
            }

            foreach (var (file, key) in missing)
            {
                var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                using var writer = new StreamWriter(file, options);
                writer.Write(key + "\n");
            }
        }

        private static bool HasKey(string file, string key) => File.Exists(file) && File.ReadAllText(file).Trim() == key;
    }
}
