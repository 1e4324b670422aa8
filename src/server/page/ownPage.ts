/** What `/` shows without `--front-end-root`. */
export const ownPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Weir</title>
<body style="font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em">
<h1>Weir is running</h1>
<p>It speaks ComfyUI's API at this address. For ComfyUI's own page start it with
<code>--front-end-root FOLDER</code>, where FOLDER is the <code>static</code> folder of the package
comfyui-frontend-package.</p>
</body>
</html>
`;
