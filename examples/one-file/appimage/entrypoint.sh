{{ python-executable }} -I ${APPDIR}/opt/python{{ python-version }}/bin/example-package "$@"
